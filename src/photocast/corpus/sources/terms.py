"""What the owners of sources ask of those who use them, in our words."""

SPORC_TERMS = (
    "SPoRC is a gated dataset. Whoever downloads it agrees to use it for research or education only, not for profit, "
    "and not to provide it to any third party. A hosted model is run by a third party, and sees the text that it is "
    "asked about. Whether your agreement and the provider's terms allow that is for you to decide; a model on your own "
    "machine asks no such question."
)
