# Distributions: their methods give what their constructors say. A method stands at the first class of its family; the
# others have it by name. What takes probabilities first takes no logits there.

class Laplace:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    @computed("distributions.numbers_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.numbers_sample")
    def rsample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.numbers_probability")
    def log_prob(self, value: Tensor) -> Tensor: ...
    @computed("distributions.numbers_probability")
    def cdf(self, value: Tensor) -> Tensor: ...
    @computed("distributions.numbers_probability")
    def icdf(self, value: Tensor) -> Tensor: ...
    @computed("distributions.numbers_each")
    def entropy(self) -> Tensor: ...
    @computed("distributions.numbers_each")
    def perplexity(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_whole")
    def mode(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_whole")
    def stddev(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_each")
    def loc(self) -> Tensor: ...
    @property
    @computed("distributions.numbers_each")
    def scale(self) -> Tensor: ...

class Normal:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    @computed("distributions.numbers_sample")
    def sample(self, sample_shape: Sizes = ()) -> NeuralType[Tensor, NormalDistributionSamplesType]: ...
    @computed("distributions.numbers_sample")
    def rsample(self, sample_shape: Sizes = ()) -> NeuralType[Tensor, NormalDistributionSamplesType]: ...
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    loc = torch.distributions.Laplace.loc
    scale = torch.distributions.Laplace.scale

class Gumbel:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Cauchy:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class LogNormal:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class StudentT:
    @computed("distributions.new")
    def __init__(self, df: Tensor | float, loc: Tensor | float = 0.0, scale: Tensor | float = 1.0, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Uniform:
    def __init__(self, low: Tensor | float, high: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Beta:
    @computed("distributions.new")
    def __init__(self, concentration1: Tensor | float, concentration0: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Kumaraswamy:
    @computed("distributions.new")
    def __init__(self, concentration1: Tensor | float, concentration0: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    perplexity = torch.distributions.Laplace.perplexity

class Gamma:
    @computed("distributions.new")
    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class InverseGamma:
    @computed("distributions.new")
    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Chi2:
    @computed("distributions.new")
    def __init__(self, df: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class FisherSnedecor:
    @computed("distributions.new")
    def __init__(self, df1: Tensor | float, df2: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Exponential:
    @computed("distributions.new")
    def __init__(self, rate: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class HalfNormal:
    @computed("distributions.new")
    def __init__(self, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class HalfCauchy:
    @computed("distributions.new")
    def __init__(self, scale: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Pareto:
    @computed("distributions.new")
    def __init__(self, scale: Tensor | float, alpha: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Weibull:
    @computed("distributions.new")
    def __init__(self, scale: Tensor | float, concentration: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class VonMises:
    @computed("distributions.new")
    def __init__(self, loc: Tensor | float, concentration: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Poisson:
    @computed("distributions.new")
    def __init__(self, rate: Tensor | float, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev

class Bernoulli:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | float | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | float | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    @property
    @computed("distributions.numbers_each")
    def probs(self) -> NeuralType[Tensor, ProbsType]: ...
    @property
    @computed("distributions.numbers_each")
    def logits(self) -> NeuralType[Tensor, LogitsType]: ...

class ContinuousBernoulli:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | float | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | float | None = None, lims: Limits = (0.499, 0.501), validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    cdf = torch.distributions.Laplace.cdf
    icdf = torch.distributions.Laplace.icdf
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    probs = torch.distributions.Bernoulli.probs
    logits = torch.distributions.Bernoulli.logits

class Geometric:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | float | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | float | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    entropy = torch.distributions.Laplace.entropy
    perplexity = torch.distributions.Laplace.perplexity
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    probs = torch.distributions.Bernoulli.probs
    logits = torch.distributions.Bernoulli.logits

class Binomial:
    def __init__(self, total_count: Tensor | int = 1, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    probs = torch.distributions.Bernoulli.probs
    logits = torch.distributions.Bernoulli.logits

class NegativeBinomial:
    def __init__(self, total_count: Tensor | float, probs: NeuralType[Tensor, ProbsType] | float | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | float | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    log_prob = torch.distributions.Laplace.log_prob
    mean = torch.distributions.Laplace.mean
    mode = torch.distributions.Laplace.mode
    variance = torch.distributions.Laplace.variance
    stddev = torch.distributions.Laplace.stddev
    probs = torch.distributions.Bernoulli.probs
    logits = torch.distributions.Bernoulli.logits

class RelaxedBernoulli:
    def __init__(self, temperature: Tensor, probs: NeuralType[Tensor, ProbsType] | float | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | float | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Laplace.sample
    rsample = torch.distributions.Laplace.rsample
    log_prob = torch.distributions.Laplace.log_prob
    probs = torch.distributions.Bernoulli.probs
    logits = torch.distributions.Bernoulli.logits

class Categorical:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    @computed("distributions.index_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.indices_probability")
    def log_prob(self, value: Tensor) -> NeuralType[Tensor, LogprobsType]: ...
    @computed("distributions.index_support")
    def enumerate_support(self, expand: bool = True) -> Tensor: ...
    @property
    @computed("distributions.index_mode")
    def mode(self) -> Tensor: ...
    @computed("distributions.indices_each")
    def entropy(self) -> Tensor: ...
    @computed("distributions.indices_each")
    def perplexity(self) -> Tensor: ...
    @property
    @computed("distributions.indices_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.indices_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.indices_whole")
    def stddev(self) -> Tensor: ...
    @property
    @computed("distributions.weights")
    def probs(self) -> NeuralType[Tensor, ProbsType]: ...
    @property
    @computed("distributions.weights")
    def logits(self) -> NeuralType[Tensor, LogprobsType]: ...

class Dirichlet:
    @computed("distributions.new")
    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None: ...
    @computed("distributions.vectors_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.vectors_sample")
    def rsample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.vectors_probability")
    def log_prob(self, value: Tensor) -> Tensor: ...
    @computed("distributions.vectors_each")
    def entropy(self) -> Tensor: ...
    @computed("distributions.vectors_each")
    def perplexity(self) -> Tensor: ...
    @property
    @computed("distributions.vectors_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.vectors_whole")
    def mode(self) -> Tensor: ...
    @property
    @computed("distributions.vectors_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.vectors_whole")
    def stddev(self) -> Tensor: ...

class OneHotCategorical:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Dirichlet.sample
    log_prob = torch.distributions.Dirichlet.log_prob
    entropy = torch.distributions.Dirichlet.entropy
    perplexity = torch.distributions.Dirichlet.perplexity
    mean = torch.distributions.Dirichlet.mean
    mode = torch.distributions.Dirichlet.mode
    variance = torch.distributions.Dirichlet.variance
    stddev = torch.distributions.Dirichlet.stddev
    probs = torch.distributions.Categorical.probs
    logits = torch.distributions.Categorical.logits

class OneHotCategoricalStraightThrough:
    def __init__(self, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Dirichlet.sample
    rsample = torch.distributions.Dirichlet.rsample
    log_prob = torch.distributions.Dirichlet.log_prob
    entropy = torch.distributions.Dirichlet.entropy
    perplexity = torch.distributions.Dirichlet.perplexity
    mean = torch.distributions.Dirichlet.mean
    mode = torch.distributions.Dirichlet.mode
    variance = torch.distributions.Dirichlet.variance
    stddev = torch.distributions.Dirichlet.stddev
    probs = torch.distributions.Categorical.probs
    logits = torch.distributions.Categorical.logits

class RelaxedOneHotCategorical:
    def __init__(self, temperature: Tensor, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Dirichlet.sample
    rsample = torch.distributions.Dirichlet.rsample
    log_prob = torch.distributions.Dirichlet.log_prob
    probs = torch.distributions.Categorical.probs
    logits = torch.distributions.Categorical.logits

class Multinomial:
    def __init__(self, total_count: int = 1, probs: NeuralType[Tensor, ProbsType] | None = None, logits: NeuralType[Tensor, LogitsType | LogprobsType] | None = None, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.Dirichlet.sample
    log_prob = torch.distributions.Dirichlet.log_prob
    mean = torch.distributions.Dirichlet.mean
    variance = torch.distributions.Dirichlet.variance
    stddev = torch.distributions.Dirichlet.stddev
    probs = torch.distributions.Categorical.probs
    logits = torch.distributions.Categorical.logits

class MultivariateNormal:
    def __init__(self, loc: Tensor, covariance_matrix: Tensor | None = None, precision_matrix: Tensor | None = None, scale_tril: Tensor | None = None, validate_args: bool | None = None) -> None: ...
    @computed("distributions.covarying_sample")
    def sample(self, sample_shape: Sizes = ()) -> NeuralType[Tensor, NormalDistributionSamplesType]: ...
    @computed("distributions.covarying_sample")
    def rsample(self, sample_shape: Sizes = ()) -> NeuralType[Tensor, NormalDistributionSamplesType]: ...
    @computed("distributions.covarying_probability")
    def log_prob(self, value: Tensor) -> Tensor: ...
    @computed("distributions.covarying_each")
    def entropy(self) -> Tensor: ...
    @computed("distributions.covarying_each")
    def perplexity(self) -> Tensor: ...
    @property
    @computed("distributions.covarying_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.covarying_whole")
    def mode(self) -> Tensor: ...
    @property
    @computed("distributions.covarying_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.covarying_whole")
    def stddev(self) -> Tensor: ...

class LowRankMultivariateNormal:
    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None: ...
    sample = torch.distributions.MultivariateNormal.sample
    rsample = torch.distributions.MultivariateNormal.rsample
    log_prob = torch.distributions.MultivariateNormal.log_prob
    entropy = torch.distributions.MultivariateNormal.entropy
    perplexity = torch.distributions.MultivariateNormal.perplexity
    mean = torch.distributions.MultivariateNormal.mean
    mode = torch.distributions.MultivariateNormal.mode
    variance = torch.distributions.MultivariateNormal.variance
    stddev = torch.distributions.MultivariateNormal.stddev

class Independent:
    def __init__(self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None) -> None: ...
    @computed("distributions.independent_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.independent_sample")
    def rsample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.independent_probability")
    def log_prob(self, value: Tensor) -> Tensor: ...
    @computed("distributions.independent_each")
    def entropy(self) -> Tensor: ...
    @property
    @computed("distributions.independent_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.independent_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.independent_whole")
    def stddev(self) -> Tensor: ...

class MixtureSameFamily:
    @computed("distributions.new_mixture")
    def __init__(self, mixture_distribution: Distribution, component_distribution: Distribution, validate_args: bool | None = None) -> None: ...
    @computed("distributions.mixture_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.mixture_probability")
    def log_prob(self, x: Tensor) -> Tensor: ...
    @property
    @computed("distributions.mixture_whole")
    def mean(self) -> Tensor: ...
    @property
    @computed("distributions.mixture_whole")
    def variance(self) -> Tensor: ...
    @property
    @computed("distributions.mixture_whole")
    def stddev(self) -> Tensor: ...

class TransformedDistribution:
    @computed("distributions.new_transformed")
    def __init__(self, base_distribution: Distribution, transforms: Transforms, validate_args: bool | None = None) -> None: ...
    @computed("distributions.transformed_sample")
    def sample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.transformed_sample")
    def rsample(self, sample_shape: Sizes = ()) -> Tensor: ...
    @computed("distributions.transformed_probability")
    def log_prob(self, value: Tensor) -> Tensor: ...

class TanhTransform:
    def __init__(self, cache_size: int = 0) -> None: ...
    @computed("distributions.transform")
    def __call__(self, x: Tensor) -> Tensor: ...

class AbsTransform:
    __init__ = torch.distributions.TanhTransform.__init__
    __call__ = torch.distributions.TanhTransform.__call__

class ExpTransform:
    __init__ = torch.distributions.TanhTransform.__init__
    __call__ = torch.distributions.TanhTransform.__call__

class SigmoidTransform:
    __init__ = torch.distributions.TanhTransform.__init__
    __call__ = torch.distributions.TanhTransform.__call__

class SoftplusTransform:
    __init__ = torch.distributions.TanhTransform.__init__
    __call__ = torch.distributions.TanhTransform.__call__

class SoftmaxTransform:
    __init__ = torch.distributions.TanhTransform.__init__
    __call__ = torch.distributions.TanhTransform.__call__

class AffineTransform:
    def __init__(self, loc: Tensor | float, scale: Tensor | float, event_dim: int = 0, cache_size: int = 0) -> None: ...
    __call__ = torch.distributions.TanhTransform.__call__

class PowerTransform:
    def __init__(self, exponent: Tensor | float, cache_size: int = 0) -> None: ...
    __call__ = torch.distributions.TanhTransform.__call__

class ComposeTransform:
    def __init__(self, parts: Transforms, cache_size: int = 0) -> None: ...
    __call__ = torch.distributions.TanhTransform.__call__

@computed("distributions.divergence")
def kl_divergence(p: Distribution, q: Distribution) -> Tensor: ...
