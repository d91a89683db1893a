//! What nginx makes of the configuration, which comes in portions.

use crate::ir::Proxy;
use crate::nginx::{Build, Judge, Reached, Refusal, TakePortions};

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
    pub fn of(proxy: &Proxy, mut write: impl FnMut(bool, &mut dyn TakePortions)) -> Self {
        let (made, needs_whole) = Self::once(proxy, |reader| write(false, reader));
        if needs_whole { Self::once(proxy, |reader| write(true, reader)).0 } else { made }
    }

    fn once(proxy: &Proxy, write: impl FnOnce(&mut dyn TakePortions)) -> (Self, bool) {
        let mut reader = Reader {
            judge: Judge::new(Build::Controller(proxy.form.release)),
            certificate: &proxy.default_certificate.file,
            made: Self::default(),
        };
        write(&mut reader);
        let Reader { mut judge, made, .. } = reader;
        let needs_whole = judge.needs_whole();
        let reached = judge.take_reached();
        (Self { reached, refusals: judge.into_refusals(), ..made }, needs_whole)
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

/// Judges the file that nginx reads.
struct Reader<'a> {
    judge: Judge,
    /// That of hosts without one of their own.
    certificate: &'a str,
    made: Judgement,
}

impl TakePortions for Reader<'_> {
    fn take(&mut self, file: &str, text: &str) {
        if file == FILE {
            self.made.is_made = true;
            self.made.names_default_certificate |= text.contains(self.certificate);
            self.judge.take(text);
        }
    }

    fn is_clean(&self, host: &str) -> bool {
        self.judge.is_clean(host)
    }
}
