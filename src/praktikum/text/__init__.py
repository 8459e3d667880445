"""Text: vocabulary, batches, classifiers, language models, decoding, what is measured."""
