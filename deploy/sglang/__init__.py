"""Starting SGLang with CWM. Runs inside SGLang's image: standard library and the plugin only."""
