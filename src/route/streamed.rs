//! Where `stream` leads connections: to a port of nginx itself, or on to somebody else, unopened.

use super::config::Config;
use super::model::{Definition, Stream};
use super::text::{Part, Template, Variable};

/// Where a connection is led.
#[derive(Debug)]
pub(super) enum Leads {
    /// To another port of this nginx.
    Here(u16),
    /// To somebody else: the name, and the addresses where they are known.
    On(String, Option<Vec<String>>),
}

impl Config<'_> {
    /// Where a stream leads a connection that asks for a name, in small letters; none where that is not known.
    pub(super) fn leads(&self, stream: &Stream, name: &str) -> Option<Leads> {
        if let Some(upstream) = &stream.balanced {
            return Some(Leads::On(upstream.clone(), None));
        }
        let to = self.stream_text(&stream.to, name, 0)?;
        let endpoints = self.stream_upstreams.get(&to).cloned().flatten().unwrap_or_else(|| vec![to.clone()]);
        let own = endpoints.iter().find_map(|endpoint| endpoint.strip_prefix("127.0.0.1:")?.parse::<u16>().ok());
        let own = own.filter(|port| self.ports.contains_key(port) || self.streams.contains_key(port));
        Some(own.map_or_else(|| Leads::On(to, Some(endpoints)), Leads::Here))
    }

    /// A text of `stream`, whose variables are its own.
    fn stream_text(&self, template: &Template, name: &str, depth: usize) -> Option<String> {
        let mut out = String::new();
        for part in &template.0 {
            match part {
                Part::Literal(text) => out.push_str(&String::from_utf8_lossy(text)),
                Part::Variable(Variable::Builtin(variable)) if &**variable == "ssl_preread_server_name" => out.push_str(name),
                Part::Variable(Variable::Own(place)) if depth < 8 => {
                    let Definition::Map(map) = &self.stream_variables.all[*place].1 else { return None };
                    let entry = map.find(self.stream_text(&map.source, name, depth + 1)?.as_bytes()).ok()?;
                    out.push_str(&self.stream_text(entry.value, name, depth + 1)?);
                }
                Part::Variable(_) | Part::Group(_) | Part::Arguments => return None,
            }
        }
        Some(out)
    }
}
