//! What manifests come to: the configuration that the controller of a certain pod writes, and what it tells Lua.
//!
//! [`Declared`] is made of an [`Input`] that was read: objects that it names and does not hold are [`Supposed`] to be there, facts of a
//! live configuration take the place of what manifests do not say, and what comes of it is [`Written`].

mod bearing;
mod certificate;
mod declared;
mod supposed;
mod written;

pub use certificate::self_signed;
pub use declared::{Circumstances, Declared, Input, fitting};
pub use supposed::{Supposed, has_sisters, known};
pub use written::{Lua, Written};
