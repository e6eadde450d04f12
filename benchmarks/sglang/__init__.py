"""Programs for a GPU host: what SGLang computes with our plugin, and how fast.

`deploy/sglang/gpu.sh` runs them; each writes one JSON file and the server's log.
"""
