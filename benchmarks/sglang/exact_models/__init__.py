"""CWM in float32 on SGLang, for comparing numbers only (`SGLANG_EXTERNAL_MODEL_PACKAGE`).

SGLang's norm, activation and rotary kernels take 16-bit numbers; its own plain PyTorch versions,
which other platforms use, take any.
"""
