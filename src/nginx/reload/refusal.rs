//! What the judgement hands over.

/// Something that nginx refuses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// Why, in words about the configuration.
    pub message: String,
    /// Name of the directive.
    pub directive: String,
    /// The directive as it is written, without what ends it; empty where it is not about one alone.
    pub line: String,
    /// Where in the text the outermost directive stands that it is in, below `http` and `stream`.
    pub outermost: std::ops::Range<usize>,
    /// Where the other one stands, if it is refused because there are two.
    pub rival: Option<std::ops::Range<usize>>,
    /// Whether that is `stream`.
    pub in_stream: bool,
    /// The host whose block it is in; none: it is in no host.
    pub host: Option<String>,
    /// The arguments of the location that it is in.
    pub location: Option<String>,
    /// Namespace and name of the Ingress whose location it is in.
    pub owner: Option<(String, String)>,
    /// The regular expression of a path that it is about.
    pub pattern: Option<String>,
    /// The path that it is about.
    pub path: Option<String>,
}

impl Refusal {
    /// A location of its host has the same words, however many there are.
    #[must_use]
    pub fn is_twin(&self) -> bool {
        self.directive == "location" && self.path.is_some()
    }

    /// The configuration cannot even be read.
    pub(super) fn of_syntax(message: &str) -> Self {
        Self { message: message.to_owned(), ..Self::default() }
    }
}
