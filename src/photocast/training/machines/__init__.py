"""What a training runs on: devices, several processes, and the arithmetic of memory and time."""
