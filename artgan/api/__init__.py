"""What a person can do with artgan, as functions: each takes a frozen request and returns a frozen result.

Beside the request, a function takes ``plugins`` (what was loaded; by default all that is installed), a ``reporter``
that is told what is being done (by default nobody), and, where something is trained, ``observers`` that see it advance.

The modules begin with an underscore, so that the functions' own names are free. They are imported when first asked for:
most need torch, which takes seconds.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._about import about
    from ._blend import BlendRequest, BlendResult, blend
    from ._breed import BreedRequest, breed
    from ._choices import MixRequest
    from ._compare import ComparisonRequest, EvaluatedRun, RunComparison, RunGroup, compare
    from ._components import OfferedComponent, find_component, list_components
    from ._directions import DirectionsRequest, DirectionsResult, directions
    from ._doctor import DataFindings, DoctorRequest, inspect_data
    from ._evaluate import EvaluationRequest, evaluate
    from ._evaluation import Evaluation, NumberTable
    from ._export import ExportRequest, ExportResult, export
    from ._film import FilmRequest, FilmResult, film
    from ._gallery import GalleryResult, build_gallery, gallery_page, gallery_server, hang
    from ._machine import MachineFindings, inspect_machine
    from ._page_opener import page_opener
    from ._plan import RunPlan
    from ._plugins import (
        InstallRequest,
        InstallResult,
        NewPlugin,
        PluginVerdict,
        RemovedPlugin,
        check_plugins,
        install_plugins,
        list_plugins,
        uninstall_plugins,
        write_plugin,
    )
    from ._poster import PosterRequest, PosterResult, poster
    from ._project import ProjectRequest, ProjectResult, project
    from ._remake import RemakeRequest, RemakeResult, remake
    from ._request import Budget, RunRequest
    from ._result import BestCheckpoint, RunResult
    from ._resume import ResumeRequest, resume
    from ._run import plan_run, run, run_seeds
    from ._runs import CheckpointVerdict, PrunedRun, list_runs, prune_runs, verify_runs
    from ._sample import SampleRequest, sample
    from ._walk import WalkRequest, WalkResult, walk
    from ._weights import add_weights, list_weights, remove_weights
    from ._works import WorksResult

__all__ = [
    "BestCheckpoint",
    "BlendRequest",
    "BlendResult",
    "BreedRequest",
    "Budget",
    "CheckpointVerdict",
    "ComparisonRequest",
    "DataFindings",
    "DirectionsRequest",
    "DirectionsResult",
    "DoctorRequest",
    "EvaluatedRun",
    "Evaluation",
    "EvaluationRequest",
    "ExportRequest",
    "ExportResult",
    "FilmRequest",
    "FilmResult",
    "GalleryResult",
    "InstallRequest",
    "InstallResult",
    "MachineFindings",
    "MixRequest",
    "NewPlugin",
    "NumberTable",
    "OfferedComponent",
    "PluginVerdict",
    "PosterRequest",
    "PosterResult",
    "ProjectRequest",
    "ProjectResult",
    "PrunedRun",
    "RemakeRequest",
    "RemakeResult",
    "RemovedPlugin",
    "ResumeRequest",
    "RunComparison",
    "RunGroup",
    "RunPlan",
    "RunRequest",
    "RunResult",
    "SampleRequest",
    "WalkRequest",
    "WalkResult",
    "WorksResult",
    "about",
    "add_weights",
    "blend",
    "breed",
    "build_gallery",
    "check_plugins",
    "compare",
    "directions",
    "evaluate",
    "export",
    "film",
    "find_component",
    "gallery_page",
    "gallery_server",
    "hang",
    "inspect_data",
    "inspect_machine",
    "install_plugins",
    "list_components",
    "list_plugins",
    "list_runs",
    "list_weights",
    "page_opener",
    "plan_run",
    "poster",
    "project",
    "prune_runs",
    "remake",
    "remove_weights",
    "resume",
    "run",
    "run_seeds",
    "sample",
    "uninstall_plugins",
    "verify_runs",
    "walk",
    "write_plugin",
]

_MODULES = {
    "_about": ("about",),
    "_blend": ("BlendRequest", "BlendResult", "blend"),
    "_breed": ("BreedRequest", "breed"),
    "_choices": ("MixRequest",),
    "_compare": ("ComparisonRequest", "EvaluatedRun", "RunComparison", "RunGroup", "compare"),
    "_components": ("OfferedComponent", "find_component", "list_components"),
    "_directions": ("DirectionsRequest", "DirectionsResult", "directions"),
    "_doctor": ("DataFindings", "DoctorRequest", "inspect_data"),
    "_evaluate": ("EvaluationRequest", "evaluate"),
    "_evaluation": ("Evaluation", "NumberTable"),
    "_export": ("ExportRequest", "ExportResult", "export"),
    "_film": ("FilmRequest", "FilmResult", "film"),
    "_gallery": ("GalleryResult", "build_gallery", "gallery_page", "gallery_server", "hang"),
    "_machine": ("MachineFindings", "inspect_machine"),
    "_page_opener": ("page_opener",),
    "_plan": ("RunPlan",),
    "_plugins": (
        "InstallRequest",
        "InstallResult",
        "NewPlugin",
        "PluginVerdict",
        "RemovedPlugin",
        "check_plugins",
        "install_plugins",
        "list_plugins",
        "uninstall_plugins",
        "write_plugin",
    ),
    "_poster": ("PosterRequest", "PosterResult", "poster"),
    "_project": ("ProjectRequest", "ProjectResult", "project"),
    "_remake": ("RemakeRequest", "RemakeResult", "remake"),
    "_request": ("Budget", "RunRequest"),
    "_result": ("BestCheckpoint", "RunResult"),
    "_resume": ("ResumeRequest", "resume"),
    "_run": ("plan_run", "run", "run_seeds"),
    "_runs": ("CheckpointVerdict", "PrunedRun", "list_runs", "prune_runs", "verify_runs"),
    "_sample": ("SampleRequest", "sample"),
    "_walk": ("WalkRequest", "WalkResult", "walk"),
    "_weights": ("add_weights", "list_weights", "remove_weights"),
    "_works": ("WorksResult",),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
