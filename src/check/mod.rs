//! What is wrong with manifests: what the passes of the compiler, the target and all rules find, put together.

mod presumed;
mod unserved;

use presumed::Presumed;
pub use unserved::supposable;

use crate::diagnostic::{Diagnostic, Outcome};
use crate::emit::{IngressNginx, Options, Target};
use crate::ir::Proxy;
use crate::lint::{self, Judgement, Subject};
use crate::lower::{self, Classes, Controller};
use crate::manifest::Cluster;

/// How manifests are looked at.
pub struct Check {
    /// What they are compiled to.
    pub target: &'static dyn Target,
    /// What the target is to do.
    pub options: Options,
    /// The time that certificates are judged by, in seconds since 1970; none: they are not.
    pub now: Option<i64>,
}

/// What was looked at, of the classes that the controller serves or of one that it may serve.
pub struct Looked<'c> {
    /// What the manifests come to.
    pub proxy: Proxy,
    /// What they come to where the cluster has the Secrets and ConfigMaps that they name; none where the input holds all of them.
    pub presumed: Option<Proxy>,
    /// The class that the controller is supposed to serve; none: those that it serves.
    pub supposed: Option<&'c str>,
}

/// The objects with the Secrets and ConfigMaps that annotations name and the input lacks; none where it lacks none.
#[must_use]
pub fn presumed(cluster: &Cluster, controller: &Controller) -> Option<Cluster> {
    Presumed::of(cluster, controller).map(|presumed| presumed.cluster)
}

impl Check {
    /// What the manifests come to, and what is found in them. Ingresses of classes of which nobody knows whose they are, and those whose
    /// Secrets are not in the input, are looked at as if they were served.
    #[must_use]
    pub fn run(&self, cluster: &Cluster, controller: &Controller) -> (Proxy, Vec<Diagnostic>) {
        let mut first = None;
        let found = self.each(cluster, controller, |looked| {
            first.get_or_insert(looked.proxy);
        });
        (first.unwrap_or_default(), found)
    }

    /// The same, with a look at what the manifests come to: once for the classes that are served, and once for each that may be.
    #[must_use]
    pub fn each(&self, cluster: &Cluster, controller: &Controller, mut see: impl FnMut(Looked)) -> Vec<Diagnostic> {
        let classes = Classes::new(cluster, &controller.flags);
        // What a target writes is closed without its Secret, whatever the cluster has.
        let presume = |cluster: &Cluster| if self.is_of_controller() { Presumed::of(cluster, controller) } else { None };
        let mut compile = |cluster: &Cluster, presumed: Option<&Presumed>, classes: Classes| {
            let supposed = classes.supposed();
            let (proxy, mut found) = self.of_classes(cluster, controller, classes);
            let with_presumed = presumed.map(|presumed| {
                let classes = Classes::new(&presumed.cluster, &controller.flags);
                let classes = supposed.map_or(classes.clone(), |class| classes.supposing(class));
                let (proxy, more) = self.of_classes(&presumed.cluster, controller, classes);
                presumed.add(&mut found, more);
                proxy
            });
            see(Looked { proxy, presumed: with_presumed, supposed });
            found
        };
        let presumed = presume(cluster);
        let mut found = compile(cluster, presumed.as_ref(), classes.clone());
        found.extend(presumed::left_out(cluster, controller).filter(|_| self.is_of_controller()));
        unserved::add(&mut found, cluster, &classes, |class, part| match part {
            Some(part) => compile(part, presume(part).as_ref(), Classes::new(part, &controller.flags).supposing(class)),
            None => compile(cluster, presumed.as_ref(), classes.clone().supposing(class)),
        });
        found
    }

    /// The same for a controller that serves these classes.
    fn of_classes(&self, cluster: &Cluster, controller: &Controller, classes: Classes) -> (Proxy, Vec<Diagnostic>) {
        let Outcome { value: mut proxy, diagnostics: mut found } = lower::lower_classes(cluster, controller, classes);
        // Not every product can check every hash of a password.
        proxy.secrets = lower::secrets(cluster, &proxy);
        if self.is_of_controller() {
            found.extend(lint::snippets::mend(&mut proxy, cluster));
        }
        let mut told = Vec::new();
        let judgement = Judgement::of(&proxy, |as_a_whole, reader| {
            if as_a_whole {
                self.target.render(&proxy, &self.options).value.iter().for_each(|file| reader.take(&file.name, &file.content));
            } else {
                told = self.target.render_for_checks(&proxy, &self.options, reader);
            }
        });
        found.append(&mut told);
        found.extend(lint::check(&Subject { cluster, controller, proxy: &proxy, judgement: &judgement, now: self.now }));
        place_settings(&mut found, cluster, controller);
        lint::note_guesses(&mut found, cluster);
        lint::settle(&mut found);
        (proxy, found)
    }

    fn is_of_controller(&self) -> bool {
        self.target.name() == IngressNginx.name()
    }
}

/// Shows the key of the controller's ConfigMap to findings about it that have no place: what they are told of knows values alone.
fn place_settings(found: &mut [Diagnostic], cluster: &Cluster, controller: &Controller) {
    let Some(config) = lower::config_map(cluster, controller) else { return };
    for finding in found.iter_mut().filter(|finding| finding.span.is_none() && finding.object.is_none()) {
        let is_there = |key: &&str| config.value.data.as_ref().is_some_and(|data| data.contains_key(*key));
        let Some(key) = finding.subject.as_deref().filter(is_there) else { continue };
        finding.span = Some(config.span(&["data", key]));
        finding.object = Some(config.reference.clone());
    }
}
