"""The power fails in the middle of a work."""


class PowerCutError(RuntimeError):
    pass


def dies(*_):
    """Stands in for whatever would go on after a fault."""
    raise PowerCutError


def cut_after(monkeypatch, module, name, slices):
    """Let the process die after some slices: nothing that comes later is done."""
    real, done = getattr(module, name), []

    def work(*given):
        if len(done) == slices:
            raise PowerCutError
        done.append(1)
        return real(*given)

    monkeypatch.setattr(module, name, work)
