"""Pure rules of the offer: its vocabulary, who may enter, and in which order to propose."""
