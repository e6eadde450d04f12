"""Models that SGLang lacks, for `SGLANG_EXTERNAL_MODEL_PACKAGE=workers.runtime.sglang_models`.

SGLang imports every module of this package inside its own processes, so nothing here imports
Django, the site, or anything of the project outside this folder.
"""
