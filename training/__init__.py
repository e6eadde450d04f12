"""The pocket world model: corpus, tokenizer, training, evaluation, export."""
