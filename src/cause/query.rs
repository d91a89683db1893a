//! What is asked about: a directive, and where it stands.

/// A directive of the rendered configuration, or one that is not there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<'q> {
    /// Its name, and its first argument where others follow: `set $service_name`; nothing for a block.
    pub name: &'q str,
    /// The directive as it is written; empty where it is not there.
    pub text: &'q str,
    /// The directive as another configuration has it; empty where it does not, or where there is no other.
    pub other: &'q str,
    /// Another configuration has it otherwise, or not at all.
    pub is_different: bool,
    /// The words of the block around it.
    pub block: &'q str,
    /// The host whose server it is in or is.
    pub host: Option<&'q str>,
    /// Namespace and name of the Ingress whose location it is in or is.
    pub ingress: Option<(&'q str, &'q str)>,
    /// The path of that location, as the Ingress writes it.
    pub path: Option<&'q str>,
}
