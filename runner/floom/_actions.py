"""What says of a function that it is an action, and of a hint how its field looks."""

from typing import Any, Callable, Dict, List, Optional, TypeVar, Union

Function = TypeVar("Function", bound=Callable[..., Any])

# Decorated functions by their action's name, for those that another decorator hides.
declared: Dict[str, Callable[..., Any]] = {}


def action(
    name: Union[None, str, Function] = None, *, title: Optional[str] = None, description: Optional[str] = None
) -> Any:
    """
    Makes a function an action: a form, an endpoint and a tool. Where one is decorated, only decorated ones are.

        @floom.action(name="resize-image", title="Resize")
        def resize(picture: floom.Image, width: int = 100) -> floom.Image: ...

    `title` and `description` stand for what the function's name and docstring say. The function stays as it is.
    """
    if callable(name):
        return _declare(name, name.__name__)
    return lambda function: _declare(function, name or function.__name__)


def _declare(function: Function, name: str) -> Function:
    declared[name] = function
    try:
        setattr(function, "__floom_action__", name)
    except AttributeError:
        # What is built in takes no attributes; it is found by its name.
        pass
    return function


class App:
    """A group of actions: `app = floom.App()`, then `@app.action` as `@floom.action`."""

    def __init__(self, name: Optional[str] = None, *, title: Optional[str] = None) -> None:
        self.name = name
        self.title = title

    action = staticmethod(action)


class Field:
    """
    How a parameter is shown and judged: `Annotated[int, floom.Field(ge=0, le=11, widget="slider")] = 5`.

    `ge gt le lt multiple_of step` limit numbers, `min_length max_length pattern` texts and lists; `title description
    examples placeholder widget language` are shown; `accept` names the kinds of files (`[".pdf", "image/*"]`). All are read from
    the source when the worker is deployed, and inputs are judged by them before the function is called.
    """

    def __init__(
        self,
        *,
        ge: Optional[float] = None,
        gt: Optional[float] = None,
        le: Optional[float] = None,
        lt: Optional[float] = None,
        multiple_of: Optional[float] = None,
        step: Optional[float] = None,
        min_length: Optional[int] = None,
        max_length: Optional[int] = None,
        pattern: Optional[str] = None,
        title: Optional[str] = None,
        label: Optional[str] = None,
        description: Optional[str] = None,
        examples: Optional[List[Any]] = None,
        placeholder: Optional[str] = None,
        widget: Optional[str] = None,
        language: Optional[str] = None,
        accept: Optional[List[str]] = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        self.rules: Dict[str, Any] = given

    def __repr__(self) -> str:
        return f"floom.Field({', '.join(f'{name}={value!r}' for name, value in self.rules.items())})"
