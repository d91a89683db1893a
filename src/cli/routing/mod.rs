//! Questions about requests: which goes where, and why.

mod because;
mod explain;
mod requests;
mod source;

pub(super) use explain::Explain;
