//! Values and words, to be shown.

/// What there is instead of what is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Got {
    /// A value, which may hold secrets.
    Value(String),
    /// Words of ours.
    Words(String),
}
