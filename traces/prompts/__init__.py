"""What a model is asked, as files: `solve/*.md`, read by `traces.prompts.solve`."""
