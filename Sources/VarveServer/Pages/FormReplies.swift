internal import HTTPTypes
internal import Hummingbird
internal import VarvePages

/// What all forms of pages have in common: one that is taken leads back to its page, one that is refused shows the page again
/// with what was typed.
struct FormReplies: Sendable {
    let state: ServerState

    /// - Parameters:
    ///   - page: Where the form stands, when it does not say.
    ///   - body: Does what the form asks; the page to go to, nil for where it stood.
    func reply<Right: FormRight>(
        _ request: Request, _ context: FormContext<Right>, page: String,
        _ body: (PageForm) async throws -> PageState?
    ) async throws -> Response {
        let form = try await PageForm(request)
        let back = form.back ?? PageState(path: page)
        do {
            let next = try await body(form) ?? back
            return Response(status: .seeOther, headers: [.location: next.link, .cacheControl: "no-store"])
        } catch {
            guard let problem = Problem(error), problem.status < 500 || problem.status == 503, let reader = context.reader else {
                throw error
            }
            var sources = try await PageSourcing(state: state).sources(context.access, reader, for: back.path)
            let sentence = problem.detail.prefix(1).uppercased() + problem.detail.dropFirst() + "."
            sources.refusal = FormRefusal(sentence, action: request.uri.path, fields: form.items)
            return try await PageReplies(state: state).page(back, request, reader, sources, status: problem.status)
        }
    }
}
