"""Package objects, and the functions that find them: what `rez.packages` offers.

from rezfast.packages import iter_packages

for package in iter_packages("maya", "2024+"):
    print(package.qualified_name, package.description)
"""

from rezfast.package.model import Package, PackageFamily, Variant
from rezfast.package.resource import ResourceHandle
from rezfast.repository.developer import (
    DeveloperPackage,
    create_package,
    get_developer_package,
)
from rezfast.repository.queries import (
    get_completions,
    get_last_release_time,
    get_latest_package,
    get_latest_package_from_string,
    get_package,
    get_package_family_from_repository,
    get_package_from_handle,
    get_package_from_repository,
    get_package_from_string,
    get_package_from_uri,
    get_variant,
    get_variant_from_uri,
    iter_package_families,
    iter_packages,
)

__all__ = [
    "DeveloperPackage",
    "Package",
    "PackageFamily",
    "ResourceHandle",
    "Variant",
    "create_package",
    "get_completions",
    "get_developer_package",
    "get_last_release_time",
    "get_latest_package",
    "get_latest_package_from_string",
    "get_package",
    "get_package_family_from_repository",
    "get_package_from_handle",
    "get_package_from_repository",
    "get_package_from_string",
    "get_package_from_uri",
    "get_variant",
    "get_variant_from_uri",
    "iter_package_families",
    "iter_packages",
]
