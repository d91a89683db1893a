//! Variables that the controller reads from GeoIP2 databases.

use std::sync::Arc;

use super::super::view::{Raw, view};
use crate::catalog::releases::STATE_FOLDER;
use crate::ir::{Form, Proxy};

/// What is read from one database: the names of the variables, each with where its value lies.
struct Database {
    files: &'static [&'static str],
    reloads: bool,
    variables: &'static [(&'static str, &'static str)],
}

const DATABASES: &[Database] = &[
    Database {
        files: &["GeoLite2-Country.mmdb", "GeoIP2-Country.mmdb"],
        reloads: true,
        variables: &[
            ("country_code", "source=$remote_addr country iso_code"),
            ("country_name", "source=$remote_addr country names en"),
            ("country_geoname_id", "source=$remote_addr country geoname_id"),
            ("continent_code", "source=$remote_addr continent code"),
            ("continent_name", "source=$remote_addr continent names en"),
            ("continent_geoname_id", "source=$remote_addr continent geoname_id"),
        ],
    },
    Database {
        files: &["GeoLite2-City.mmdb", "GeoIP2-City.mmdb"],
        reloads: true,
        variables: &[
            ("city_country_code", "source=$remote_addr country iso_code"),
            ("city_country_name", "source=$remote_addr country names en"),
            ("city_country_geoname_id", "source=$remote_addr country geoname_id"),
            ("city", "source=$remote_addr city names en"),
            ("city_geoname_id", "source=$remote_addr city geoname_id"),
            ("postal_code", "source=$remote_addr postal code"),
            ("dma_code", "source=$remote_addr location metro_code"),
            ("latitude", "source=$remote_addr location latitude"),
            ("longitude", "source=$remote_addr location longitude"),
            ("time_zone", "source=$remote_addr location time_zone"),
            ("region_code", "source=$remote_addr subdivisions 0 iso_code"),
            ("region_name", "source=$remote_addr subdivisions 0 names en"),
            ("region_geoname_id", "source=$remote_addr subdivisions 0 geoname_id"),
            ("subregion_code", "source=$remote_addr subdivisions 1 iso_code"),
            ("subregion_name", "source=$remote_addr subdivisions 1 names en"),
            ("subregion_geoname_id", "source=$remote_addr subdivisions 1 geoname_id"),
            ("city_continent_code", "source=$remote_addr continent code"),
            ("city_continent_name", "source=$remote_addr continent names en"),
        ],
    },
    Database {
        files: &["GeoLite2-ASN.mmdb", "GeoIP2-ASN.mmdb"],
        reloads: true,
        variables: &[
            ("asn", "source=$remote_addr autonomous_system_number"),
            ("org", "source=$remote_addr autonomous_system_organization"),
        ],
    },
    Database {
        files: &["GeoIP2-ISP.mmdb"],
        reloads: true,
        variables: &[
            ("isp", "source=$remote_addr isp"),
            ("isp_org", "source=$remote_addr organization"),
            ("asn", "source=$remote_addr default=0 autonomous_system_number"),
        ],
    },
    // Quirk: this database is never read again.
    Database { files: &["GeoIP2-Connection-Type.mmdb"], reloads: false, variables: &[("connection_type", "connection_type")] },
    Database {
        files: &["GeoIP2-Anonymous-IP.mmdb"],
        reloads: true,
        variables: &[
            ("is_anon", "source=$remote_addr is_anonymous"),
            ("is_anonymous", "source=$remote_addr default=0 is_anonymous"),
            ("is_anonymous_vpn", "source=$remote_addr default=0 is_anonymous_vpn"),
            ("is_hosting_provider", "source=$remote_addr default=0 is_hosting_provider"),
            ("is_public_proxy", "source=$remote_addr default=0 is_public_proxy"),
            ("is_tor_exit_node", "source=$remote_addr default=0 is_tor_exit_node"),
        ],
    },
];

view! {
    /// A database.
    struct DatabaseView {
        file: Raw,
        /// Minutes between two looks for a new one; zero: never.
        reload_minutes: i64,
        variables: Vec<Arc<Variable>>,
    }

    /// A variable and where its value lies.
    struct Variable {
        name: Raw,
        source: Raw,
    }
}

/// The folder of files that the controller makes or fetches.
pub(super) fn state_folder(form: Form) -> &'static str {
    if STATE_FOLDER.shows(form) { "/etc/ingress-controller" } else { "/etc/nginx" }
}

/// The databases that the controller knows what to read from.
pub(super) fn databases(proxy: &Proxy) -> Vec<Arc<DatabaseView>> {
    let view = |file: &String| {
        let database = DATABASES.iter().find(|database| database.files.contains(&file.as_str()))?;
        let variable = |(name, source): &(&str, &str)| Arc::new(Variable { name: Raw::new(*name), source: Raw::new(*source) });
        Some(Arc::new(DatabaseView {
            file: Raw::new(format!("{}/geoip/{file}", state_folder(proxy.form))),
            reload_minutes: if database.reloads { proxy.settings.geo.reload_minutes.max(0) } else { 0 },
            variables: database.variables.iter().map(variable).collect(),
        }))
    };
    proxy.runtime.geo_databases.iter().filter_map(view).collect()
}
