//! Names that are too long for the tables in which nginx looks them up: it does not start with one that fills no bucket.

use crate::conf::{Directive, Tree};

/// Bytes of a line of the processor's cache: the smallest bucket.
const LINE: usize = 64;

/// Bytes of the buckets of one configuration.
#[derive(Debug)]
pub(super) struct Hashes {
    headers: usize,
    variables: usize,
    map: usize,
    types: usize,
}

impl Hashes {
    /// As the configuration says for all hosts.
    pub(super) fn of(tree: &Tree) -> Self {
        let mut hashes = Self { headers: LINE, variables: LINE, map: LINE, types: LINE };
        for directive in tree.directives().filter(|directive| directive.name() == "http").flat_map(Directive::directives) {
            let into = match directive.name().as_ref() {
                "proxy_headers_hash_bucket_size" => &mut hashes.headers,
                "variables_hash_bucket_size" => &mut hashes.variables,
                "map_hash_bucket_size" => &mut hashes.map,
                "types_hash_bucket_size" => &mut hashes.types,
                _ => continue,
            };
            let bytes = directive.args().next().and_then(|arg| arg.value().parse::<usize>().ok());
            *into = bytes.map_or(*into, |bytes| bytes.clamp(LINE, 1 << 30).next_multiple_of(LINE));
        }
        hashes
    }

    /// Why nginx refuses the name that a directive brings into a table.
    pub(super) fn refusal(&self, directive: &str, args: &[&str]) -> Option<String> {
        let variable = |name: &&str| name.strip_prefix('$').map(str::len);
        let (length, bucket) = match directive {
            "proxy_set_header" | "proxy_hide_header" => (args.first()?.len(), self.headers),
            // These buckets have one size.
            "grpc_set_header" | "grpc_hide_header" => (args.first()?.len(), LINE),
            "fastcgi_param" => (args.first()?.strip_prefix("HTTP_")?.len(), LINE),
            "set" | "auth_request_set" => (args.first().and_then(variable)?, self.variables),
            "map" | "geo" | "split_clients" => (args.last().and_then(variable)?, self.variables),
            _ => return None,
        };
        let longest = longest(bucket);
        (length > longest).then(|| format!("`{directive}` names something with {length} bytes, and its table takes {longest} at most"))
    }

    /// Why nginx refuses the ending of names of files, for which a type is given.
    pub(super) fn refusal_of_type(&self, ending: &str) -> Option<String> {
        let longest = longest(self.types);
        (ending.len() > longest).then(|| format!("a name of `types` has {} bytes, and its table takes {longest} at most", ending.len()))
    }

    /// Why nginx refuses the key of an entry of a `map`, which is compared as it is.
    pub(super) fn refusal_of_key(&self, key: &str) -> Option<String> {
        let longest = longest(self.map);
        (key.len() > longest)
            .then(|| format!("the key of an entry of a `map` has {} bytes, and its table takes {longest} at most", key.len()))
    }
}

/// The longest name in a bucket: beside it are its length and two pointers.
fn longest(bucket: usize) -> usize {
    bucket - 16 - 2
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};

    /// The limits that nginx 1.22 itself shows.
    #[test]
    fn names_fit_into_buckets() {
        let name = |count: usize| "a".repeat(count);
        let cases = [
            ("", "proxy_set_header NAME x;", 46),
            ("proxy_headers_hash_bucket_size 128;", "proxy_set_header NAME x;", 110),
            ("proxy_headers_hash_bucket_size 100;", "proxy_hide_header NAME;", 110),
            ("proxy_headers_hash_bucket_size 128;", "grpc_set_header NAME x;", 46),
            ("", "fastcgi_param HTTP_NAME x;", 46),
            ("", "set $NAME x;", 46),
            ("map $host $NAME { a 1; }", "", 46),
            ("map $host $x { NAME 1; }", "", 46),
            ("map_hash_bucket_size 256; map $host $x { NAME 1; }", "", 238),
        ];
        for (http, location, longest) in cases {
            for (count, refused) in [(longest, 0), (longest + 1, 1)] {
                let text = format!("events {{}} http {{ {http} server {{ location / {{ {location} }} }} }}").replace("NAME", &name(count));
                assert_eq!(refusals(&text, Build::Stock).len(), refused, "{text}");
            }
        }
    }

    #[test]
    fn patterns_are_in_no_table() {
        let text = format!("events {{}} http {{ map $host $x {{ ~{} 1; default 2; }} }}", "a".repeat(300));
        assert!(refusals(&text, Build::Stock).is_empty());
    }
}
