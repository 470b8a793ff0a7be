# Attention. The mask of `scaled_dot_product_attention` is True where there is something to attend to.

@computed("scaled_dot_product.dot_product")
def scaled_dot_product_attention(query: Float[Tensor, "..."], key: Float[Tensor, "..."], value: Float[Tensor, "..."], attn_mask: NeuralType[Tensor, KeepMaskType] | None = None, dropout_p: float = 0.0, is_causal: bool = False, scale: float | None = None, enable_gqa: bool = False) -> Tensor: ...

@computed("attention.multihead_function")
def multi_head_attention_forward(query: Float[Tensor, "..."], key: Float[Tensor, "..."], value: Float[Tensor, "..."], embed_dim_to_check: int, num_heads: int, in_proj_weight: Tensor | None, in_proj_bias: Tensor | None, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: bool, dropout_p: float, out_proj_weight: Tensor, out_proj_bias: Tensor | None, training: bool = True, key_padding_mask: NeuralType[Tensor, IgnoreMaskType] | None = None, need_weights: bool = True, attn_mask: NeuralType[Tensor, IgnoreMaskType] | None = None, use_separate_proj_weight: bool = False, q_proj_weight: Tensor | None = None, k_proj_weight: Tensor | None = None, v_proj_weight: Tensor | None = None, static_k: Tensor | None = None, static_v: Tensor | None = None, average_attn_weights: bool = True, is_causal: bool = False): ...
