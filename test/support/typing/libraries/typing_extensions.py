"""What of typing_extensions the written subset names."""


class Doc:
    def __init__(self, documentation):
        self.documentation = documentation
