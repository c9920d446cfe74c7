"""New rows on work lists into nudges, each on the queue of its flow."""
