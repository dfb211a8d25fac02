"""Names of static files carry a hash of their content, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's hashed and pre-compressed files; before the first collection plain names are given."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The collected name; a page is never refused because a file was not collected yet."""
        clean = self.clean_name(name)
        collected: str = self.hashed_files.get(self.hash_key(clean), clean)
        return collected
