# Parameters and buffers of modules, in the sizes that the module was made with. Of their dtype nothing is said: modules
# are moved to another one after they are made. One that may be absent is known where the module surely has it.

class Linear:
    @property
    def weight(self) -> Shaped[Tensor, "{self.out_features} {self.in_features}"]: ...
    @property
    @computed("weights.linear_bias")
    def bias(self) -> Tensor | None: ...

class Bilinear:
    @property
    def weight(self) -> Shaped[Tensor, "{self.out_features} {self.in1_features} {self.in2_features}"]: ...
    bias = torch.nn.Linear.bias

class Embedding:
    @property
    def weight(self) -> Shaped[Tensor, "{self.num_embeddings} {self.embedding_dim}"]: ...

class EmbeddingBag:
    weight = torch.nn.Embedding.weight

class PReLU:
    @property
    def weight(self) -> Shaped[Tensor, "{self.num_parameters}"]: ...

class Conv1d:
    @property
    @computed("weights.convolution1d")
    def weight(self) -> Tensor: ...
    @property
    @computed("weights.convolution_bias")
    def bias(self) -> Tensor | None: ...

class Conv2d:
    @property
    @computed("weights.convolution2d")
    def weight(self) -> Tensor: ...
    bias = torch.nn.Conv1d.bias

class Conv3d:
    @property
    @computed("weights.convolution3d")
    def weight(self) -> Tensor: ...
    bias = torch.nn.Conv1d.bias

class ConvTranspose1d:
    @property
    @computed("weights.transposed_convolution1d")
    def weight(self) -> Tensor: ...
    bias = torch.nn.Conv1d.bias

class ConvTranspose2d:
    @property
    @computed("weights.transposed_convolution2d")
    def weight(self) -> Tensor: ...
    bias = torch.nn.Conv1d.bias

class ConvTranspose3d:
    @property
    @computed("weights.transposed_convolution3d")
    def weight(self) -> Tensor: ...
    bias = torch.nn.Conv1d.bias

class BatchNorm1d:
    @property
    @computed("weights.batch_norm")
    def weight(self) -> Tensor | None: ...
    @property
    @computed("weights.batch_norm_bias")
    def bias(self) -> Tensor | None: ...
    @property
    @computed("weights.statistics")
    def running_mean(self) -> Tensor | None: ...
    @property
    @computed("weights.statistics")
    def running_var(self) -> Tensor | None: ...

class BatchNorm2d:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class BatchNorm3d:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class SyncBatchNorm:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class InstanceNorm1d:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class InstanceNorm2d:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class InstanceNorm3d:
    weight = torch.nn.BatchNorm1d.weight
    bias = torch.nn.BatchNorm1d.bias
    running_mean = torch.nn.BatchNorm1d.running_mean
    running_var = torch.nn.BatchNorm1d.running_var

class GroupNorm:
    @property
    @computed("weights.group_norm")
    def weight(self) -> Tensor | None: ...
    @property
    @computed("weights.group_norm_bias")
    def bias(self) -> Tensor | None: ...

class LayerNorm:
    @property
    @computed("weights.layer_norm")
    def weight(self) -> Tensor | None: ...
    @property
    @computed("weights.layer_norm_bias")
    def bias(self) -> Tensor | None: ...

class RMSNorm:
    weight = torch.nn.LayerNorm.weight

class RNNCell:
    @property
    def weight_ih(self) -> Shaped[Tensor, "{self.hidden_size} {self.input_size}"]: ...
    @property
    def weight_hh(self) -> Shaped[Tensor, "{self.hidden_size} {self.hidden_size}"]: ...
    @property
    @computed("weights.cell_bias")
    def bias_ih(self) -> Tensor | None: ...
    bias_hh = torch.nn.RNNCell.bias_ih

class GRUCell:
    @property
    def weight_ih(self) -> Shaped[Tensor, "3*{self.hidden_size} {self.input_size}"]: ...
    @property
    def weight_hh(self) -> Shaped[Tensor, "3*{self.hidden_size} {self.hidden_size}"]: ...
    @property
    @computed("weights.gru_cell_bias")
    def bias_ih(self) -> Tensor | None: ...
    bias_hh = torch.nn.GRUCell.bias_ih

class LSTMCell:
    @property
    def weight_ih(self) -> Shaped[Tensor, "4*{self.hidden_size} {self.input_size}"]: ...
    @property
    def weight_hh(self) -> Shaped[Tensor, "4*{self.hidden_size} {self.hidden_size}"]: ...
    @property
    @computed("weights.lstm_cell_bias")
    def bias_ih(self) -> Tensor | None: ...
    bias_hh = torch.nn.LSTMCell.bias_ih

class MultiheadAttention:
    @property
    @computed("weights.attention")
    def in_proj_weight(self) -> Tensor | None: ...
    @property
    @computed("weights.attention_bias")
    def in_proj_bias(self) -> Tensor | None: ...
