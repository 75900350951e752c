"""The stories: what happened to invented people, told by the acts of those who helped them."""
