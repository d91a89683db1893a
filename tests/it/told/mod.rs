//! What the controller is asked for changes what another product does, or is a finding: nothing is passed over in silence.

pub mod annotations;
mod names;
pub mod settings;
pub mod trial;
