"""A model of one's own behind OpenAI's interface: in this process, or by vLLM in an environment of its own."""
