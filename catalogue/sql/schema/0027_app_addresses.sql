-- From where an app's calls are taken (a manifest's allowed_ip_address_ranges): a comma list; '' is everywhere.

alter table app add column allowed_ips text not null default '';
