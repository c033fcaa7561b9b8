import Logging
import Storage

extension Store {
    /// What a detector last stored; nil where there is nothing, or nothing that can be read, which
    /// is said in the log.
    func remembered<State: Decodable>(
        _ type: State.Type, for key: String, logger: Logger?
    ) throws -> State? {
        do {
            return try detectorState(type, for: key)
        } catch let damage as StateDamage {
            logger?.warning(
                "the state of the \(key) detector cannot be read, it begins anew: \(damage.reason)")
            return nil
        }
    }
}
