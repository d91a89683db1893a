//! What of a request had a part in its way, beyond host, method and path: who answers many requests need not look at the rest again.

/// Parts of a request that were looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The arguments; that there are some does not count.
    pub args: bool,
    /// The address of the client.
    pub client: bool,
    /// The length of the body.
    pub body: bool,
    /// Something was taken for granted that neither the request nor the configuration says.
    pub guesses: bool,
    /// Headers and cookies, by the names of headers in small letters.
    pub headers: Vec<String>,
}

impl Looks {
    /// Adds what another way looked at.
    pub fn add(&mut self, other: &Self) {
        self.args |= other.args;
        self.client |= other.client;
        self.body |= other.body;
        self.guesses |= other.guesses;
        other.headers.iter().for_each(|name| self.add_header(name));
    }

    pub(super) fn add_header(&mut self, name: &str) {
        if !self.headers.iter().any(|known| known == name) {
            self.headers.push(name.to_owned());
        }
    }
}

/// The way of a request without its story, as [`outcome`](super::Config::outcome) has it, with what it rests on.
#[derive(Debug, Clone)]
pub struct Followed {
    /// What becomes of it.
    pub decision: super::Decision,
    /// What the controller's log would say in `$proxy_upstream_name`; none where that is not known.
    pub upstream: Option<String>,
    /// What was looked at.
    pub looks: Looks,
}
