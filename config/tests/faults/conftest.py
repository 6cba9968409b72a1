from voting.tests.conftest import gate

__all__ = ["gate"]
