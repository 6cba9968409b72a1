"""The conventions of every `/api/v1/` answer: envelope, errors, strict bodies, pages, ETags, limits, document."""
