//! Keys of model providers and of what is built around them.

use super::check::Check;
use super::row::{Row, Write};
use super::rule::Family;
use super::source::SCANNING;

const OPENAI: &str = "OpenAI platform documentation, API keys";
const ANTHROPIC: &str = "Anthropic documentation, API keys";
const W: Write = Write(Family::Ai);

pub(super) const RULES: &[Row] = &[
    W.secret("detect.anthropic", "sk-ant-(api|admin|sid|oat|ort)[0-9]{2}-[A-Za-z0-9_-]{80,}", ANTHROPIC),
    W.secret("detect.openrouter", "sk-or-v1-[0-9a-f]{64}", "OpenRouter documentation, Authentication"),
    W.secret(
        "detect.langfuse",
        "(sk-lf|pk-lf)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "Langfuse documentation, API keys",
    ),
    W.secret(
        "detect.helicone",
        "sk-helicone-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}",
        "Helicone documentation, API keys",
    ),
    W.secret("detect.litellm", "sk-litellm-[A-Za-z0-9_-]{20,}", "LiteLLM documentation, Virtual keys"),
    W.secret("detect.openai_project", "sk-(proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,}", OPENAI),
    W.secret("detect.openai", "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", OPENAI),
    W.secret("detect.groq", "gsk_[A-Za-z0-9]{52}", "Groq documentation, API keys"),
    W.secret("detect.huggingface", "hf_[A-Za-z]{34}", "Hugging Face Hub documentation, User access tokens"),
    W.secret(
        "detect.huggingface_org",
        "api_org_[A-Za-z]{34}",
        "Hugging Face Hub documentation, Organization tokens",
    ),
    W.secret("detect.replicate", "r8_[A-Za-z0-9]{37}", "Replicate documentation, API tokens"),
    W.secret("detect.perplexity", "pplx-[A-Za-z0-9]{48,}", "Perplexity documentation, API keys"),
    W.secret("detect.xai", "xai-[A-Za-z0-9_]{70,}", "xAI documentation, API keys"),
    W.secret("detect.together", "tgp_v1_[A-Za-z0-9_-]{43}", "Together AI documentation, API keys"),
    W.exact("detect.fireworks", "fw_[A-Za-z0-9]{22,}", "Fireworks AI documentation, API keys"),
    W.secret("detect.cerebras", "csk-[a-z0-9]{48}", "Cerebras documentation, API keys"),
    W.secret("detect.nvidia", "nvapi-[A-Za-z0-9_-]{64}", "NVIDIA NGC documentation, API keys"),
    W.secret(
        "detect.langsmith",
        "(lsv2_pt|lsv2_sk)_[0-9a-f]{32}_[0-9a-f]{10}",
        "LangSmith documentation, API keys",
    ),
    W.secret("detect.langsmith_old", "ls__[0-9a-f]{32}", "LangSmith documentation, API keys"),
    W.secret("detect.pinecone", "pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}", "Pinecone documentation, API keys"),
    W.secret("detect.wandb", "wandb_v1_[A-Za-z0-9_]{70,}", "Weights & Biases documentation, API keys"),
    W.exact("detect.elevenlabs", "sk_[0-9a-f]{48}", "ElevenLabs documentation, API keys"),
    W.secret("detect.jina", "jina_[A-Za-z0-9_-]{40,}", "Jina AI documentation, API keys"),
    W.exact("detect.voyage", "(pa|al)-[A-Za-z0-9_-]{43}", "Voyage AI documentation, API keys")
        .checked(Check::MixedCase),
    W.secret("detect.tavily", "tvly-(dev-|prod-|)[A-Za-z0-9]{32}", "Tavily documentation, API keys"),
    W.exact("detect.firecrawl", "fc-[0-9a-f]{32}", "Firecrawl documentation, API keys"),
    W.secret("detect.e2b", "(e2b|sk_e2b)_[0-9a-f]{40}", "E2B documentation, API keys"),
    W.exact("detect.modal", "(ak|as|wk|ws)-[A-Za-z0-9]{22}", "Modal documentation, Tokens")
        .checked(Check::MixedCase),
    W.secret("detect.anyscale", "(esecret|aph0)_[A-Za-z0-9]{24,}", "Anyscale documentation, Authentication"),
    W.exact("detect.cursor", "key_[0-9a-f]{64}", "Cursor documentation, API keys"),
    W.secret(
        "detect.browserbase",
        "(bb_live|bb_test)_[A-Za-z0-9_-]{27,}",
        "Browserbase documentation, API keys",
    ),
    W.secret("detect.friendli", "flp_[A-Za-z0-9]{46,}", SCANNING),
    W.secret("detect.llamacloud", "llx-[A-Za-z0-9]{48}", "LlamaCloud documentation, API keys"),
    W.exact(
        "detect.deepl",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:(fx|dp)",
        "DeepL API documentation, Authentication",
    ),
    W.secret("detect.runpod", "rpa_[A-Z0-9]{42,}", "RunPod documentation, API keys"),
    W.secret("detect.photoroom", "(sk_pr|pk_pr)_[A-Za-z0-9_]{40,}", "Photoroom documentation, API keys"),
    W.secret("detect.mem0", "m0-[A-Za-z0-9]{40}", "Mem0 documentation, API keys"),
    W.exact("detect.deepseek", "sk-[0-9a-f]{32}", "DeepSeek documentation, API keys"),
    W.secret(
        "detect.sk",
        "sk-[A-Za-z0-9_-]{32,}",
        "the beginning that OpenAI's keys have and that compatible services took over",
    ),
];
