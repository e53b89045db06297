"""The names that users import from `glassnet`; each module is imported when a name of it is first used."""

from .conformal.calibration import Calibration as Calibration
from .conformal.error_scale import ErrorScale as ErrorScale
from .conformal.record import Interval as Interval
from .conformal.record import PredictionSet as PredictionSet
from .data.column import Column as Column
from .data.file_sample import RowSample as RowSample
from .data.file_sample import sample_of_files as sample_of_files
from .data.files import TableFiles as TableFiles
from .data.files import open_files as open_files
from .data.images import ImageSchema as ImageSchema
from .data.read import read_table as read_table
from .data.report import TableError as TableError
from .data.scaler import Scaler as Scaler
from .data.table_schema import TableSchema as TableSchema
from .ensemble.engine import LostWorkerError as LostWorkerError
from .ensemble.ensemble import Ensemble as Ensemble
from .ensemble.member import Member as Member
from .ensemble.member import Split as Split
from .ensemble.preprocessing import Preprocessing as Preprocessing
from .ensemble.recipe import Recipe as Recipe
from .estimators.classifier import NetworkClassifier as NetworkClassifier
from .estimators.perceptron import Perceptron as Perceptron
from .estimators.polynomial import Polynomial as Polynomial
from .estimators.predict_files import FilePredictions as FilePredictions
from .estimators.predict_files import predict_files as predict_files
from .estimators.provenance import Provenance as Provenance
from .estimators.regressor import NetworkRegressor as NetworkRegressor
from .estimators.search import Candidate as Candidate
from .estimators.search import SizeSearch as SizeSearch
from .exchange.model_file import ModelFileError as ModelFileError
from .exchange.model_file import load as load
from .exchange.model_file import save as save
from .exchange.onnx.export import OnnxExport as OnnxExport
from .exchange.onnx.export import export_onnx as export_onnx
from .exchange.onnx.read import OnnxNetwork as OnnxNetwork
from .exchange.onnx.read import read_onnx as read_onnx
from .exchange.onnx.read_file import OnnxFileError as OnnxFileError
from .insight.activation_curve import ActivationCurve as ActivationCurve
from .insight.activation_curve import activation_curve as activation_curve
from .insight.adversary import Attack as Attack
from .insight.adversary import attack as attack
from .insight.bias_variance import bias_variance as bias_variance
from .insight.bias_variance_record import BiasVariance as BiasVariance
from .insight.certificate import Certificate as Certificate
from .insight.certificate import certify as certify
from .insight.class_predictions import Confusion as Confusion
from .insight.class_predictions import Reliability as Reliability
from .insight.column_statistics import ColumnStatistics as ColumnStatistics
from .insight.column_statistics import NumberStatistics as NumberStatistics
from .insight.comparison import Comparison as Comparison
from .insight.comparison import compare as compare
from .insight.cost_surface import cost_surface as cost_surface
from .insight.cost_surface_record import CostSurface as CostSurface
from .insight.coverage_curve import CoverageCurve as CoverageCurve
from .insight.coverage_curve import coverage_curve as coverage_curve
from .insight.decomposition import Estimate as Estimate
from .insight.diagram import diagram as diagram
from .insight.diagram_record import Diagram as Diagram
from .insight.equations.gradient_check import GradientCheck as GradientCheck
from .insight.equations.gradient_check import gradient_check as gradient_check
from .insight.equations.latex_formula import latex_formula as latex_formula
from .insight.equations.network_equations import equations as equations
from .insight.equations.python_formula import python_line as python_line
from .insight.equations.record import Equations as Equations
from .insight.equations.record import EquationSection as EquationSection
from .insight.equations.traced_equation import equation_of as equation_of
from .insight.equations.traced_record import TracedEquation as TracedEquation
from .insight.exact_bias_variance import exact_bias_variance as exact_bias_variance
from .insight.extrapolation import Extrapolation as Extrapolation
from .insight.extrapolation import extrapolation as extrapolation
from .insight.figures.activation import ActivationDisplay as ActivationDisplay
from .insight.figures.bias_variance import BiasVarianceDisplay as BiasVarianceDisplay
from .insight.figures.classes import ConfusionDisplay as ConfusionDisplay
from .insight.figures.classes import ReliabilityDisplay as ReliabilityDisplay
from .insight.figures.comparison import ComparisonDisplay as ComparisonDisplay
from .insight.figures.coverage import CoverageDisplay as CoverageDisplay
from .insight.figures.histogram import HistogramDisplay as HistogramDisplay
from .insight.figures.importance import ImportanceDisplay as ImportanceDisplay
from .insight.figures.network import NetworkDisplay as NetworkDisplay
from .insight.figures.prediction import PredictionDisplay as PredictionDisplay
from .insight.figures.profile import ProfileDisplay as ProfileDisplay
from .insight.figures.residual import ResidualDisplay as ResidualDisplay
from .insight.figures.signals import SignalDisplay as SignalDisplay
from .insight.figures.size_search import SizeDisplay as SizeDisplay
from .insight.figures.slopes import SlopesDisplay as SlopesDisplay
from .insight.figures.surface import SurfaceDisplay as SurfaceDisplay
from .insight.figures.training import TrainingDisplay as TrainingDisplay
from .insight.file_evaluation import FileEvaluation as FileEvaluation
from .insight.file_evaluation import evaluate_files as evaluate_files
from .insight.findings.checks import findings as findings
from .insight.findings.finding import Finding as Finding
from .insight.findings.finding import Findings as Findings
from .insight.forward_pass import ForwardPass as ForwardPass
from .insight.forward_pass import LayerForward as LayerForward
from .insight.importance import Importance as Importance
from .insight.importance import importance as importance
from .insight.paired_errors import Compared as Compared
from .insight.perceptron_path import Mistake as Mistake
from .insight.perceptron_path import PerceptronPath as PerceptronPath
from .insight.perceptron_path import perceptron_path as perceptron_path
from .insight.predictions import Predictions as Predictions
from .insight.predictions import predictions as predictions
from .insight.profile import Profile as Profile
from .insight.profile import profile as profile
from .insight.row_units import InputEquation as InputEquation
from .insight.row_units import MemberPredictions as MemberPredictions
from .insight.row_units import OutputEquation as OutputEquation
from .insight.row_units import RowUnits as RowUnits
from .insight.sample_trace import RowForward as RowForward
from .insight.sample_trace import RowTrace as RowTrace
from .insight.sample_trace import TracedRow as TracedRow
from .insight.script import script as script
from .insight.signal_ranges import SignalRange as SignalRange
from .insight.signal_ranges import SignalRanges as SignalRanges
from .insight.signal_ranges import signal_ranges as signal_ranges
from .insight.slices import Slice as Slice
from .insight.slices import Slices as Slices
from .insight.slices import slices as slices
from .insight.slopes import Slopes as Slopes
from .insight.slopes import slopes as slopes
from .insight.table_statistics import TableStatistics as TableStatistics
from .insight.table_statistics import TargetStatistics as TargetStatistics
from .insight.table_statistics import table_statistics as table_statistics
from .insight.text import TextTable as TextTable
from .insight.trace_record import Trace as Trace
from .insight.traced_step import LayerStep as LayerStep
from .insight.traced_step import Step as Step
from .insight.traced_step import TracedLayer as TracedLayer
from .insight.tracing import trace as trace
from .insight.windows import window_steps as window_steps
from .insight.windows_record import WindowStep as WindowStep
from .insight.windows_record import WindowSteps as WindowSteps
from .network.activation import (
    ELU as ELU,
)
from .network.activation import (
    GELU as GELU,
)
from .network.activation import (
    SELU as SELU,
)
from .network.activation import Activation as Activation
from .network.activation import (
    Coordinatewise as Coordinatewise,
)
from .network.activation import (
    Exponential as Exponential,
)
from .network.activation import (
    HardTanh as HardTanh,
)
from .network.activation import (
    Heaviside as Heaviside,
)
from .network.activation import (
    Identity as Identity,
)
from .network.activation import Increasing as Increasing
from .network.activation import (
    LeakyReLU as LeakyReLU,
)
from .network.activation import (
    Logistic as Logistic,
)
from .network.activation import (
    Mish as Mish,
)
from .network.activation import (
    ReLU as ReLU,
)
from .network.activation import (
    SiLU as SiLU,
)
from .network.activation import (
    Softmax as Softmax,
)
from .network.activation import (
    Softplus as Softplus,
)
from .network.activation import (
    Tanh as Tanh,
)
from .network.augmentation import Crop as Crop
from .network.augmentation import Flip as Flip
from .network.augmentation import Shift as Shift
from .network.bounding_rules import Curves as Curves
from .network.bounding_rules import Linear as Linear
from .network.convolution import Convolution as Convolution
from .network.custom_loss import CustomLoss as CustomLoss
from .network.dense import Dense as Dense
from .network.dropout import Dropout as Dropout
from .network.embedding import Embedding as Embedding
from .network.flatten import Flatten as Flatten
from .network.image_filters import convolve as convolve
from .network.image_filters import matrix_of as matrix_of
from .network.initializers import Constant as Constant
from .network.initializers import Glorot as Glorot
from .network.initializers import He as He
from .network.initializers import Initializer as Initializer
from .network.initializers import LeCun as LeCun
from .network.initializers import Normal as Normal
from .network.initializers import One as One
from .network.initializers import Uniform as Uniform
from .network.initializers import UnitLength as UnitLength
from .network.initializers import Zero as Zero
from .network.layer import Layer as Layer
from .network.loss import (
    AbsoluteError as AbsoluteError,
)
from .network.loss import (
    CrossEntropy as CrossEntropy,
)
from .network.loss import (
    Gamma as Gamma,
)
from .network.loss import Gaussian as Gaussian
from .network.loss import (
    HalfSquaredError as HalfSquaredError,
)
from .network.loss import (
    Huber as Huber,
)
from .network.loss import (
    Loss as Loss,
)
from .network.loss import (
    Poisson as Poisson,
)
from .network.loss import (
    Quantile as Quantile,
)
from .network.loss import (
    SquaredError as SquaredError,
)
from .network.loss import Tweedie as Tweedie
from .network.network import Network as Network
from .network.parameters import ParameterSpec as ParameterSpec
from .network.parametric import ParametricActivation as ParametricActivation
from .network.passes import Backward as Backward
from .network.passes import Forward as Forward
from .network.periodic import Periodic as Periodic
from .network.piecewise import PiecewiseLinear as PiecewiseLinear
from .network.pooling import AveragePool as AveragePool
from .network.pooling import MaxPool as MaxPool
from .network.scaling import InputScaling as InputScaling
from .network.smooth_clip import SmoothClip as SmoothClip
from .pages.export import export as export
from .pages.report import Report as Report
from .pages.report import report as report
from .storage.program_cache import keep_compiled_programs as keep_compiled_programs
from .training.checkpoint import CheckpointError as CheckpointError
from .training.divergence import DivergenceError as DivergenceError
from .training.history import EveryEpoch as EveryEpoch
from .training.history import History as History
from .training.history import Progress as Progress
from .training.lbfgs import LBFGS as LBFGS
from .training.levenberg_marquardt import LevenbergMarquardt as LevenbergMarquardt
from .training.note import Note as Note
from .training.optimizers import SGD as SGD
from .training.optimizers import Adam as Adam
from .training.optimizers import AdamW as AdamW
from .training.optimizers import GradientDescent as GradientDescent
from .training.solver import FullBatchSolver as FullBatchSolver
from .training.solver import GradientSolver as GradientSolver
from .training.stopping import StopReason as StopReason
from .verification.bounds import bounds as bounds

__version__: str
