//! What Lua gets of upstreams on two sides that are made of manifests: of thousands that are the same, it is never there all at once.

use hashbrown::{HashMap, HashSet};
use serde_json::Value;

use crate::compile::Declared;
use crate::emit::IngressNginx;
use crate::ir::Upstream;

/// The upstreams of both sides as their files list them, without those that are the same on both.
pub(super) fn unlike(sides: [&Declared; 2]) -> [Value; 2] {
    let [base, head] = sides.map(|side| by_name(&side.proxy.upstreams));
    let is_same = |name: &&str| match (base.get(name).map(Vec::as_slice), head.get(name).map(Vec::as_slice)) {
        (Some([one]), Some([other])) => IngressNginx::backend(one) == IngressNginx::backend(other),
        _ => false,
    };
    let same: HashSet<&str> = base.keys().copied().filter(is_same).collect();
    sides.map(|side| {
        let unlike = side.proxy.upstreams.iter().filter(|upstream| !same.contains(upstream.name.as_str()));
        Value::Array(unlike.map(IngressNginx::backend).collect())
    })
}

fn by_name(upstreams: &[Upstream]) -> HashMap<&str, Vec<&Upstream>> {
    let mut all: HashMap<&str, Vec<&Upstream>> = HashMap::new();
    upstreams.iter().for_each(|upstream| all.entry(&upstream.name).or_default().push(upstream));
    all
}
