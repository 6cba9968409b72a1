"""Parts of the console's pages of rounds: their form, and what stands above them."""
