import Model
import Rendering

/// Rows in which no address of a text is the recorded one.
final class HiddenRows: RowCursor {
    let columns: [Column]
    private let cursor: any RowCursor
    private let hider: AddressHider

    init(_ cursor: any RowCursor, hider: AddressHider) {
        self.cursor = cursor
        self.hider = hider
        columns = cursor.columns
    }

    func next() throws -> [Cell]? {
        try cursor.next()?.map { cell in
            guard case .text(let text) = cell else { return cell }
            return .text(hider.hidden(text))
        }
    }
}
