"""
What of pydantic 2 the written subset names, as far as the conversion asks it. FLOOM_PYTHON_LIBRARIES names a folder with
the real one to be held against instead.
"""

import typing
from types import SimpleNamespace
from typing import Annotated, Generic, TypeVar

MISSING = object()
Root = TypeVar("Root")


def Field(default=MISSING, **rules):
    return SimpleNamespace(default=MISSING if default is ... else default, rules=rules)


def StringConstraints(**rules):
    return SimpleNamespace(rules=rules)


def ConfigDict(**settings):
    return settings


class ValidationError(ValueError):
    def __init__(self, place, message):
        super().__init__(message)
        self.told = [{"loc": (place,), "msg": message}]

    def errors(self):
        return self.told


class _Info(SimpleNamespace):
    alias = validation_alias = None
    default = MISSING
    rules = {}

    def is_required(self):
        return self.default is MISSING and "default_factory" not in self.rules


class _Fields:
    def __get__(self, _instance, model):
        fields = {}
        for name, hint in typing.get_type_hints(model, include_extras=True).items():
            if name == "model_config" or typing.get_origin(hint) is typing.ClassVar:
                continue
            given = getattr(model, name, MISSING)
            rules = given.rules if isinstance(given, SimpleNamespace) else {}
            default = given.default if isinstance(given, SimpleNamespace) else given
            fields[name] = _Info(annotation=hint, default=default, rules=rules, alias=rules.get("alias"), metadata=[])
        return fields


class BaseModel:
    model_fields = _Fields()

    def __init__(self, **values):
        self.__dict__.update(values)

    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    @classmethod
    def model_rebuild(cls):
        return None

    @classmethod
    def model_validate(cls, given):
        values = {}
        for name, field in cls.model_fields.items():
            value = given.get(field.alias or name, MISSING)
            if value is MISSING and field.is_required():
                raise ValidationError(name, "Field required")
            made = field.rules["default_factory"]() if "default_factory" in field.rules else field.default
            values[name] = made if value is MISSING else value
        return cls(**values)

    def model_dump(self, by_alias=False):
        dump = lambda value: value.model_dump(by_alias) if isinstance(value, BaseModel) else value
        shown = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            shown[field.alias or name] = [dump(item) for item in value] if isinstance(value, list) else dump(value)
        return shown


class RootModel(BaseModel, Generic[Root]):
    __pydantic_root_model__ = True

    def __init_subclass__(cls):
        cls.model_fields = {"root": _Info(annotation=typing.get_args(cls.__orig_bases__[0])[0], metadata=[])}

    @classmethod
    def model_validate(cls, root):
        return cls(root=root)

    def model_dump(self, by_alias=False):
        return self.root


class TypeAdapter:
    def __init__(self, kind):
        self.kind = kind

    def validate_python(self, value):
        if not isinstance(value, str):
            raise ValidationError(0, "Input should be text")
        return self.kind(value)


class EmailStr(str): ...
class HttpUrl(str): ...


class SecretStr(str):
    def __repr__(self):
        return "SecretStr('**********')"


def conint(**rules):
    return Annotated[int, Field(**rules)]


def constr(**rules):
    return Annotated[str, Field(**rules)]


def conlist(item, **rules):
    return Annotated[list[item], Field(**rules)]


NonNegativeInt = Annotated[int, Field(ge=0)]
PositiveFloat = Annotated[float, Field(gt=0)]
