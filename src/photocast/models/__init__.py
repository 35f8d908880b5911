"""The embedded eyes: pictures in, labels, boxes and words out, on this machine and without a network."""
