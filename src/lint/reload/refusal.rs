//! What the parts of the judgement hand over.

/// Something that nginx refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Why, in words about the configuration.
    pub(super) message: String,
    /// Name of the directive.
    pub(super) directive: String,
    /// The host whose block it is in; none: it is in no host.
    pub(super) host: Option<String>,
    /// Namespace and name of the Ingress whose location it is in.
    pub(super) owner: Option<(String, String)>,
    /// The path that it is about.
    pub(super) path: Option<String>,
}

impl Refusal {
    /// The configuration cannot even be read.
    pub(super) fn of_syntax(message: &str) -> Self {
        Self { message: message.to_owned(), directive: String::new(), host: None, owner: None, path: None }
    }
}
