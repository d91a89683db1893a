//! Questions about requests: which goes where, and why.

mod because;
mod explain;
mod listing;
mod requests;
mod routes;
mod source;

pub(super) use explain::Explain;
pub(super) use routes::Routes;
