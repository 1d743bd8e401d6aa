"""Rules for words: sentences, reading grades, explained words, what a sentence mentions."""
