//! What nginx makes of the configuration, which comes in portions.

use crate::ir::Proxy;
use crate::nginx::{Build, Judge, Reached, Refusal};

/// The name of the file that the controller's nginx reads.
const FILE: &str = "nginx.conf";

/// What nginx makes of a configuration.
#[derive(Debug, Default)]
pub struct Judgement {
    refusals: Vec<Refusal>,
    reached: Vec<Reached>,
    is_made: bool,
    names_default_certificate: bool,
}

impl Judgement {
    /// Judges the files that `write` passes on, each by its name and its text: the configuration in portions as
    /// [`Judge`] takes them or, where it is asked for, as a whole.
    pub fn of(proxy: &Proxy, mut write: impl FnMut(bool, &mut (dyn FnMut(&str, &str) + Send))) -> Self {
        let (made, needs_whole) = Self::once(proxy, |take| write(false, take));
        if needs_whole { Self::once(proxy, |take| write(true, take)).0 } else { made }
    }

    fn once(proxy: &Proxy, write: impl FnOnce(&mut (dyn FnMut(&str, &str) + Send))) -> (Self, bool) {
        let mut judge = Judge::new(Build::Controller(proxy.form.release));
        let mut judgement = Self::default();
        let certificate = &proxy.default_certificate.file;
        write(&mut |name, text| {
            if name == FILE {
                judgement.is_made = true;
                judgement.names_default_certificate |= text.contains(certificate);
                judge.take(text);
            }
        });
        let needs_whole = judge.needs_whole();
        judgement.reached = judge.take_reached();
        judgement.refusals = judge.into_refusals();
        (judgement, needs_whole)
    }

    pub(super) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The faults of nginx that the configuration reaches, whatever the version.
    pub(in crate::lint) fn reached(&self) -> &[Reached] {
        &self.reached
    }

    pub(super) fn is_made(&self) -> bool {
        self.is_made
    }

    pub(super) fn names_default_certificate(&self) -> bool {
        self.names_default_certificate
    }
}
