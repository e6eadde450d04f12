"""Everything outside the web process: tasks, model runtimes, the sandbox, the tracer."""
