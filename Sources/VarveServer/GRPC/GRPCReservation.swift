/// Room for the bytes of a call that is still coming; given back when it is dropped.
package final class GRPCReservation: Sendable {
    private let place: Admission.Place

    init(_ place: Admission.Place) { self.place = place }

    /// Takes room for `bytes` in all.
    ///
    /// - Throws: Overload: too many bytes are in flight.
    package func grow(to bytes: Int) throws(GRPCRefusal) {
        do throws(Problem) { try place.grow(to: bytes) } catch { throw GRPCRefusal(error) }
    }
}
