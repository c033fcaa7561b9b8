import API
import Scraping
import Synchronization

/// What the pages of the targets say of their families: TYPE, HELP and UNIT.
///
/// Holds of each target what the last good page said. That is the object that the reader of the
/// page remembers too, the same one as long as the page is steady, so that it takes no memory and
/// a scrape costs one comparison.
final class FamilyBoard: Sendable {
    private let catalogs = Mutex<[Int: PageCatalog]>([:])

    func note(_ result: ScrapeResult) {
        guard let catalog = result.catalog else { return }
        note(catalog, ofTarget: result.targetIndex)
    }

    func note(_ catalog: PageCatalog, ofTarget index: Int) {
        catalogs.withLock { catalogs in
            if catalogs[index] !== catalog { catalogs[index] = catalog }
        }
    }

    /// By the name of the family, as the TYPE lines write it; where targets disagree, each of what
    /// they say, those of the first target first.
    ///
    /// - Complexity: O(families of all targets).
    var metadata: [String: [MetricMetadata]] {
        let catalogs = catalogs.withLock { $0 }
        var families: [String: [MetricMetadata]] = [:]
        for (_, catalog) in catalogs.sorted(by: { $0.key < $1.key }) {
            for family in catalog.families.all {
                let metadata = MetricMetadata(
                    type: family.kind.rawValue, help: family.help, unit: family.unit)
                if families[family.name]?.contains(metadata) != true {
                    families[family.name, default: []].append(metadata)
                }
            }
        }
        return families
    }
}
