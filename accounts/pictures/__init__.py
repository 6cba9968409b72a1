"""What is done to a picture somebody uploads before it is kept: checked by its content, shrunk, stripped, written anew."""
