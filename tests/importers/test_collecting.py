"""The pause of Python's collector ends with the last who asked for it, whatever happens."""

import gc

import pytest

from importers.collecting import paused_collections


class TestThePauseOfCollections:
    def test_lasts_until_the_last_is_done(self) -> None:
        with paused_collections():
            with paused_collections():
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled()

    def test_ends_with_an_error(self) -> None:
        with pytest.raises(ValueError, match="broken"), paused_collections():
            raise ValueError("broken")
        assert gc.isenabled()

    def test_leaves_a_collector_that_was_off_as_it_was(self) -> None:
        gc.disable()
        try:
            with paused_collections():
                pass
            assert not gc.isenabled()
        finally:
            gc.enable()
