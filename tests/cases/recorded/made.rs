//! What a controller makes of manifests: the real one or this project.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::diagnostic::Effect;
use ingressc::emit;
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::SourceMap;

use super::manifests::Case;
use super::tree::Node;

const CONF: &str = "nginx.conf";
/// The JSON that the controller writes or posts, and what an entry of its list is called.
const JSON: [(&str, &str); 4] = [("backends.json", "backend"), ("certificates.json", ""), ("lua.json", ""), ("streams.json", "stream")];
/// The answers of the admission webhook: `namespace/name` of each Ingress, and nothing where it is let in.
const ADMISSION: &str = "admission.json";

/// How many processors the machine had on which the cases were recorded.
const PROCESSORS: u32 = 8;
/// The zone of that machine.
const ZONE: &str = "zone-a";

/// The files, by name.
#[derive(Debug)]
pub struct Made(BTreeMap<&'static str, String>);

impl Made {
    /// The files of a folder.
    pub fn read(folder: &Path) -> Self {
        let names = [CONF, ADMISSION].into_iter().chain(JSON.map(|(name, _)| name));
        let read = |name| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{}/{name}: {error}", folder.display()));
        Self(names.map(|name| (name, read(name))).collect())
    }

    /// Writes them without comments: the base is read by people too.
    pub fn write(&self, folder: &Path) {
        for (name, text) in &self.0 {
            let lines = text.lines().filter(|line| !line.trim().is_empty() && (*name != CONF || !line.trim_start().starts_with('#')));
            let text: String = lines.flat_map(|line| [line.trim_end(), "\n"]).collect();
            fs::write(folder.join(name), text).expect("the file can be written");
        }
    }

    /// What this project makes of a case.
    pub fn rendered(case: &Case) -> Self {
        let mut sources = SourceMap::default();
        sources.add(format!("{}.yaml", case.name), case.manifests());
        let flags = Flags::parse(LATEST, case.flags.iter().map(|flag| (flag.as_str(), None))).value;
        let environment = Environment { processors: PROCESSORS, node_zone: ZONE.into(), ..Environment::default() };
        let controller = Controller { version: LATEST, flags, environment };
        let lowered = lower::lower(&manifest::load(&mut sources).value, &controller);
        let refused = lowered.diagnostics.iter().filter(|finding| finding.effect == Some(Effect::AdmissionDenied));
        let refused = refused.filter_map(|finding| finding.object.as_ref());
        let answers: BTreeMap<_, _> = refused.map(|object| (format!("{}/{}", object.namespace, object.name), "refused")).collect();
        let target = emit::find("ingress-nginx").expect("it is a target");
        let files = target.render(&lowered.value, &emit::Options::default()).value;
        let content = |name: &str| files.iter().find(|file| &*file.name == name).map_or_else(String::new, |file| file.content.clone());
        let mut made: BTreeMap<_, _> = [CONF].into_iter().chain(JSON.map(|(name, _)| name)).map(|name| (name, content(name))).collect();
        made.insert(ADMISSION, serde_json::to_string(&answers).expect("text is JSON"));
        Self(made)
    }

    /// All of it as lines within lines.
    pub fn nodes(&self) -> Vec<Node> {
        let text = |name| self.0[name].as_str();
        let json = JSON.map(|(name, entry)| Node::block(name, Node::of_json(text(name), entry)));
        let refused: BTreeMap<String, Option<String>> = serde_json::from_str(text(ADMISSION)).expect("it is a table of answers");
        let refused = refused.into_iter().filter(|(_, answer)| answer.is_some()).map(|(name, _)| Node::line(format!("refused: {name}")));
        let admission = Node::block("admission", refused.collect());
        [Node::block(CONF, Node::of_conf(text(CONF)))].into_iter().chain(json).chain([admission]).collect()
    }
}
